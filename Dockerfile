# One image for web, worker and media.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements-dev.lock package.json package-lock.json ./
RUN python -m venv /build && /build/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock
RUN PATH=/build/bin:$PATH npm ci --ignore-scripts --silent
COPY . .
RUN PATH=/build/bin:$PATH; python -m server.web.vendor \
 && pybabel -q compile -D yoriai -d server/locales \
 && pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.11-slim-bookworm
COPY requirements.lock /tmp/
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock \
 && pip install --no-cache-dir --no-deps /tmp/wheels/*.whl && rm -r /tmp/wheels /tmp/requirements.lock \
 && useradd --system --home-dir /data yoriai && install -d -o yoriai /data
USER yoriai
ENV DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000 7780 7882/udp
ENTRYPOINT ["yoriai"]
CMD ["web"]
