"""The message bus between nova's processes."""

import eventlet

from nova import config
from nova.openstack.common.rpc import impl_kombu


def wait_for_conductor(workers):
    """Until as many processes as there are to be take calls from the queue."""
    for _ in range(300):
        connection = impl_kombu.Connection(config.cfg.CONF)
        try:
            taking = connection.channel.queue_declare("conductor", passive=True)[2]
        except connection.connection.channel_errors:  # there is no queue yet
            taking = 0
        finally:
            connection.close()
        if taking >= workers:
            return
        eventlet.sleep(0.2)
    raise SystemExit("%d processes of nova-conductor take calls, not %d" % (taking, workers))
