"""What scheduling is asked, a module a subject; whoever needs all of it finds it here."""

from shared.contracts.scheduling.agenda import *
from shared.contracts.scheduling.answers import *
from shared.contracts.scheduling.attendance import *
from shared.contracts.scheduling.bundle import *
from shared.contracts.scheduling.calendars import *
from shared.contracts.scheduling.certificates import *
from shared.contracts.scheduling.commitments import *
from shared.contracts.scheduling.home import *
from shared.contracts.scheduling.letters import *
from shared.contracts.scheduling.meetings import *
from shared.contracts.scheduling.minutes import *
from shared.contracts.scheduling.papers import *
from shared.contracts.scheduling.record import *
from shared.contracts.scheduling.reminders import *
from shared.contracts.scheduling.school_year import *
from shared.contracts.scheduling.series import *
from shared.contracts.scheduling.sharing import *
