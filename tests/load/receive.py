"""Receiving many datagrams with one call, with the kernel's receive times.

`recvmmsg(2)` fills reused buffers; `SO_TIMESTAMPNS` gives the time of arrival in the kernel, so
how late this program reads does not count as latency; `SO_RXQ_OVFL` counts what the socket's own
queue dropped, so a slow load client is told apart from a loss on the way.
"""

import socket
import struct
from typing import Any

from cffi import FFI

SLOT = 2048
BATCH = 64
CONTROL = 64
NANOSECONDS = 1_000_000_000

SO_TIMESTAMPNS = 35
SO_RXQ_OVFL = 40
SO_RCVBUFFORCE = 33
MSG_DONTWAIT = 0x40
RECEIVE_BUFFER = 4 << 20

ffi: Any = FFI()  # type: ignore[no-untyped-call]
ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen;
        struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int fd, struct mmsghdr *vec, unsigned int vlen, int flags, void *timeout);
    """
)
libc = ffi.dlopen(None)

# cmsghdr and timespec of SCM_TIMESTAMPNS, then cmsghdr and counter of SO_RXQ_OVFL (64 bit Linux).
_STAMP = struct.Struct("=QiiQQ")
_DROPS = struct.Struct("=QiiI")


def open_socket(host: str = "127.0.0.1") -> socket.socket:
    """A bound, non-blocking UDP socket that stamps what it receives and counts its drops."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    try:
        udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except PermissionError:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    udp.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
    udp.bind((host, 0))
    return udp


class Inbox:
    """Reused room for one batch of datagrams.

    After `fill`, datagram `i` begins at `data[i * SLOT]` and is `length(i)` bytes long.
    """

    def __init__(self) -> None:
        self._buffers = ffi.new("char[]", SLOT * BATCH)
        self._controls = ffi.new("char[]", CONTROL * BATCH)
        self._vectors = ffi.new("struct iovec[]", BATCH)
        self._headers = ffi.new("struct mmsghdr[]", BATCH)
        for index in range(BATCH):
            self._prepare(index)
        self._pristine = ffi.new("struct mmsghdr[]", BATCH)
        self._header_size = ffi.sizeof("struct mmsghdr")
        ffi.memmove(self._pristine, self._headers, self._header_size * BATCH)
        self.data = memoryview(ffi.buffer(self._buffers))
        self.controls = memoryview(ffi.buffer(self._controls))

    def fill(self, fd: int) -> int:
        """Take what waits on the socket, at most BATCH datagrams; how many came."""
        count: int = libc.recvmmsg(fd, self._headers, BATCH, MSG_DONTWAIT, ffi.NULL)
        return max(count, 0)

    def length(self, index: int) -> int:
        return int(self._headers[index].msg_len)

    def arrival(self, index: int) -> int:
        """Nanoseconds of the wall clock at which the kernel took the datagram."""
        _, _, _, seconds, nanoseconds = _STAMP.unpack_from(self.controls, index * CONTROL)
        return int(seconds) * NANOSECONDS + int(nanoseconds)

    def drops(self, index: int) -> int:
        """Datagrams the socket's queue had dropped so far (0 when the kernel says nothing)."""
        if self._headers[index].msg_hdr.msg_controllen <= _STAMP.size:
            return 0
        return int(_DROPS.unpack_from(self.controls, index * CONTROL + _STAMP.size)[3])

    def restore(self, count: int) -> None:
        """Make the first `count` headers usable again: the kernel writes into them."""
        ffi.memmove(self._headers, self._pristine, self._header_size * count)

    def _prepare(self, index: int) -> None:
        vector, header = self._vectors[index], self._headers[index].msg_hdr
        vector.iov_base, vector.iov_len = self._buffers + index * SLOT, SLOT
        header.msg_iov, header.msg_iovlen = ffi.addressof(self._vectors, index), 1
        header.msg_control, header.msg_controllen = self._controls + index * CONTROL, CONTROL
