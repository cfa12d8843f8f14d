"""One UDP socket that reads and writes many datagrams per system call.

The memory of both directions is made once. `recvmmsg` fills slots of `memory`, `sendmmsg` sends
slots of `out`; who forwards a packet writes straight into the next free slot. Addresses stay in
the kernel's own form (`sockaddr_in`, `sockaddr_in6`) and are never parsed on the way.
"""

import contextlib
import errno
import socket
from typing import Any

import cffi

from realtime.media import adapter

# No datagram of WebRTC is larger than an Ethernet frame. A slot is, so that a copy which grows (the
# tag of another SRTP profile) stays inside.
LARGEST = 1500
SLOT = 2048
BATCH_IN = 64
BATCH_OUT = 256

_NAME = 32

# Positions inside `struct mmsghdr` (64 bytes), counted in 8-byte and 4-byte words.
_NAME_PTR, _NAME_LEN, _LENGTH = 0, 2, 14

_ffi: Any = cffi.FFI()  # type: ignore[no-untyped-call]
_ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int fd, struct mmsghdr *vector, unsigned int n, int flags, void *timeout);
    int sendmmsg(int fd, struct mmsghdr *vector, unsigned int n, int flags);
    """
)
_libc = _ffi.dlopen(None)


class Address:
    """Where a datagram came from, kept in memory that the kernel can read again.

    `pointer` and `length` go into an outgoing slot; `key` compares and hashes.
    """

    __slots__ = ("_memory", "key", "length", "pointer")

    def __init__(self, key: bytes) -> None:
        self._memory = adapter.new_memory(_NAME)
        adapter.memory_view(self._memory)[: len(key)] = key
        self.key = key
        self.length = len(key)
        self.pointer = adapter.address_of(self._memory)

    def host_and_port(self) -> tuple[str, int]:
        """Textual host and port, as STUN's XOR-MAPPED-ADDRESS wants them."""
        return host_and_port(self.key)


def host_and_port(key: bytes) -> tuple[str, int]:
    """Read a `sockaddr_in` or `sockaddr_in6`; a v4-mapped address is told as IPv4."""
    port = int.from_bytes(key[2:4], "big")
    if int.from_bytes(key[:2], "little") == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, key[4:8]), port
    if key[8:20] == bytes(10) + b"\xff\xff":
        return socket.inet_ntop(socket.AF_INET, key[20:24]), port
    return socket.inet_ntop(socket.AF_INET6, key[8:24]), port


class UdpSocket:
    """A bound, non-blocking UDP socket with its slots.

    Hot callers keep references to `memory`, `out`, `pointers` and the word views below instead of
    calling methods per packet. A slot `n` of the outgoing side starts at `n * SLOT`.
    """

    def __init__(self, host: str, port: int, *, buffer_bytes: int = 4 << 20) -> None:
        self._socket = _bound(host, port, buffer_bytes)
        self.port: int = self._socket.getsockname()[1]
        self.used = 0
        self.sent = 0
        self.unsent = 0
        self._make_incoming()
        self._make_outgoing()

    def _make_incoming(self) -> None:
        self._in = adapter.new_memory(BATCH_IN * SLOT)
        self._names = adapter.new_memory(BATCH_IN * _NAME)
        self.memory = adapter.memory_view(self._in)
        self.names = adapter.memory_view(self._names)
        self.in_pointers = [adapter.pointer_into(self._in, n * SLOT) for n in range(BATCH_IN)]
        self._in_vector, self._in_iov = _vector(self._in, BATCH_IN)
        self.in_words = _words(self._in_vector).cast("I")
        longs = _words(self._in_vector).cast("Q")
        for n in range(BATCH_IN):
            longs[8 * n + _NAME_PTR] = adapter.address_of(self._names, n * _NAME)
            self.in_words[16 * n + _NAME_LEN] = _NAME

    def _make_outgoing(self) -> None:
        self._out = adapter.new_memory(BATCH_OUT * SLOT)
        self.out = adapter.memory_view(self._out)
        self.out_pointers = [adapter.pointer_into(self._out, n * SLOT) for n in range(BATCH_OUT)]
        self._out_vector, self._out_iov = _vector(self._out, BATCH_OUT)
        self.out_words = _words(self._out_vector).cast("I")
        self.out_longs = _words(self._out_vector).cast("Q")
        self.out_lengths = _words(self._out_iov).cast("Q")

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def receive(self) -> int:
        """Read up to `BATCH_IN` datagrams into the slots; answers how many came."""
        count: int = _libc.recvmmsg(self.fileno(), self._in_vector, BATCH_IN, 0, _ffi.NULL)
        return max(count, 0)

    def length_of(self, n: int) -> int:
        """Bytes in slot `n`; -1 when the datagram was larger than `LARGEST`."""
        length = self.in_words[16 * n + _LENGTH]
        return -1 if length > LARGEST else length

    def sender_of(self, n: int) -> bytes:
        """The sender of slot `n` as a key; gives the name memory back to the kernel."""
        at = 16 * n + _NAME_LEN
        start = n * _NAME
        key = bytes(self.names[start : start + self.in_words[at]])
        self.in_words[at] = _NAME
        return key

    def send(self, datagram: bytes, to: Address) -> None:
        """Queue one datagram that is not media; `flush` sends it."""
        slot = self.used
        self.out[slot * SLOT : slot * SLOT + len(datagram)] = datagram
        self.commit(len(datagram), to.pointer, to.length)

    def commit(self, length: int, name: int, name_length: int) -> None:
        """The slot `used` holds a datagram of `length` bytes for that address."""
        slot = self.used
        self.out_lengths[2 * slot + 1] = length
        self.out_longs[8 * slot] = name
        self.out_words[16 * slot + 2] = name_length
        self.used = slot + 1
        if self.used == BATCH_OUT:
            self.flush()

    def flush(self) -> None:
        """Send what is queued. What the kernel refuses is lost, as on any network, and counted."""
        done, refused, used = 0, 0, self.used
        self.used = 0
        while done < used:
            count = _libc.sendmmsg(self.fileno(), self._out_vector + done, used - done, 0)
            if count > 0:
                done += count
            elif _ffi.errno in (errno.EAGAIN, errno.ENOBUFS):
                break
            elif _ffi.errno != errno.EINTR:
                done += 1
                refused += 1
        self.sent += done - refused
        self.unsent += used - done + refused


def _bound(host: str, port: int, buffer_bytes: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    sock.setblocking(False)
    if family == socket.AF_INET6:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, buffer_bytes)
    try:
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock


def _vector(memory: Any, slots: int) -> tuple[Any, Any]:
    vector = _ffi.new("struct mmsghdr[]", slots)
    iov = _ffi.new("struct iovec[]", slots)
    for n in range(slots):
        iov[n].iov_base = _ffi.cast("void *", adapter.address_of(memory, n * SLOT))
        iov[n].iov_len = SLOT
        vector[n].msg_hdr.msg_iov = iov + n
        vector[n].msg_hdr.msg_iovlen = 1
    return vector, iov


def _words(array: Any) -> memoryview:
    return memoryview(_ffi.buffer(array)).cast("B")
