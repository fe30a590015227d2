"""The conductor's own side: everything that touches the database."""

import logging

from nova.settings import SETTINGS

log = logging.getLogger('nova.conductor')

SETTINGS.offer('short_line', False, group='conductor')
SETTINGS.offer('topic', 'conductor', group='conductor')


class UnknownMachine(Exception):
    """There is no machine of that name."""


class Desk(object):
    """Answers what comes over nova.conductor.line."""

    def __init__(self):
        self._pages = {}
        self._machines = {}

    def get_ready(self):
        log.info('the conductor is at its desk')

    def note_page(self, page, fresh=False):
        if fresh:
            page = dict(page, remarks={})
        self._pages[page['host']] = page
        return page

    def look_up(self, name):
        try:
            return self._machines[name]
        except KeyError, missing:
            raise UnknownMachine(str(missing))
