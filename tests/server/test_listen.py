"""A taken port is named with its holder."""

import os
import resource
import socket

import pytest

from server.listen import PortTaken, allow_many_connections, holder, listen


def test_a_taken_port_says_who_holds_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} is taken by .*pid {os.getpid()}"):
            listen("127.0.0.1", port)


def test_a_free_port_is_listened_on_and_inheritable() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.get_inheritable()
        socket.create_connection(listener.getsockname()).close()


def test_holder_of_a_free_port_is_unknown() -> None:
    assert holder(1) == "another process"


def test_a_process_may_open_more_files_than_it_began_with() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
    try:
        allow_many_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
