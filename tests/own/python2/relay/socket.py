"""What Jython's socket module lacks: a connection to a real AF_UNIX socket, by java.nio."""

from java.net import StandardProtocolFamily, UnixDomainSocketAddress
from java.nio import ByteBuffer
from java.nio.channels import SocketChannel

AF_UNIX = StandardProtocolFamily.UNIX
SOCK_STREAM = object()


class socket(object):
    def __init__(self, family, kind):
        assert kind is SOCK_STREAM
        self.channel = SocketChannel.open(family)

    def connect(self, path):
        self.channel.connect(UnixDomainSocketAddress.of(path))

    def send(self, data):
        return self.channel.write(ByteBuffer.wrap(data))

    def close(self):
        self.channel.close()
