"""Run by the new Python 2.7: imports what the tests of 2013.1.x need; exit status 1 if one fails."""

import sys

MODULES = """
    bz2 ctypes readline sqlite3 ssl zlib
    alembic anyjson boto cinderclient.client Cheetah.Template cliff.app configobj coverage Crypto.Cipher.AES
    discover eventlet feedparser fixtures glanceclient greenlet httplib2 iso8601 keystoneclient.client kombu
    lxml.etree memcache migrate mock mox netaddr netifaces novaclient.client OpenSSL oslo.config.cfg pam
    paramiko passlib.hash paste.deploy pyudev quantumclient.client routes simplejson sqlalchemy
    stevedore subunit suds testtools unittest2 webob webtest websockify
"""

failed = False
for name in MODULES.split():
    try:
        __import__(name)
    except Exception as error:
        failed = True
        sys.stderr.write("%s: %s: %s\n" % (name, type(error).__name__, error))
sys.exit(failed)
