"""A page over HTTP/3, served and asked for by aioquic (https://pypi.org/project/aioquic/): Debian 12 has no program of its own
that speaks QUIC from the command line."""

import asyncio
import ssl
import sys

from aioquic.asyncio import QuicConnectionProtocol, connect, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.packet import QuicProtocolVersion


class Page(QuicConnectionProtocol):
    """Answers every request with the file, or collects what is answered."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.h3 = H3Connection(self._quic)
        self.got, self.done = b"", asyncio.Event()

    def quic_event_received(self, event):
        for e in self.h3.handle_event(event):
            if isinstance(e, HeadersReceived) and not self._quic.configuration.is_client:
                self.h3.send_headers(e.stream_id, [(b":status", b"200")])
                self.h3.send_data(e.stream_id, open(sys.argv[4], "rb").read(), end_stream=True)
                self.transmit()
            elif isinstance(e, DataReceived):
                self.got += e.data
                if e.stream_ended:
                    self.done.set()


async def answer(address, certificate, key, _):
    configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    configuration.load_cert_chain(certificate, key)
    await serve(address, 443, configuration=configuration, create_protocol=Page)
    await asyncio.Event().wait()


async def ask(address, name, version):
    versions = {"1": QuicProtocolVersion.VERSION_1, "2": QuicProtocolVersion.VERSION_2}
    configuration = QuicConfiguration(alpn_protocols=H3_ALPN, server_name=name, verify_mode=ssl.CERT_NONE,
                                      original_version=versions[version], supported_versions=[versions[version]])
    async with connect(address, 443, configuration=configuration, create_protocol=Page) as client:
        stream = client._quic.get_next_available_stream_id()
        client.h3.send_headers(stream, [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", name.encode()), (b":path", b"/page.bin")], end_stream=True)
        client.transmit()
        await client.done.wait()
        print(len(client.got), client._transport.get_extra_info("sockname")[1])


if __name__ == "__main__":
    asyncio.run(answer(*sys.argv[1:]) if len(sys.argv) == 5 else ask(*sys.argv[1:]))
