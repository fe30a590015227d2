import setuptools

from keystone import version

setuptools.setup(
    name='keystone',
    version=version.KEYSTONE_VERSION,
    description='A miniature identity service',
    packages=setuptools.find_packages(),
    scripts=['bin/keystone-serve'])
