import setuptools

from nova import version

setuptools.setup(
    name='nova',
    version=version.NOVA_VERSION,
    description='A miniature compute service',
    packages=setuptools.find_packages(),
    scripts=['bin/nova-host', 'bin/nova-conductor'])
