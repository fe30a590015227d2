import setuptools

from quantum import version

setuptools.setup(
    name='quantum',
    version=version.QUANTUM_VERSION,
    description='A miniature network service',
    packages=setuptools.find_packages(),
    scripts=['bin/quantum-server', 'bin/quantum-lease-news'])
