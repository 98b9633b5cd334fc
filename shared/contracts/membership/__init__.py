"""What membership is asked, a module a subject; whoever needs all of it finds it here."""

from shared.contracts.membership.accounts import *
from shared.contracts.membership.cards import *
from shared.contracts.membership.clients import *
from shared.contracts.membership.communities import *
from shared.contracts.membership.district import *
from shared.contracts.membership.home import *
from shared.contracts.membership.identities import *
from shared.contracts.membership.imports import *
from shared.contracts.membership.joining import *
from shared.contracts.membership.people import *
from shared.contracts.membership.personal import *
from shared.contracts.membership.proposals import *
from shared.contracts.membership.schools import *
from shared.contracts.membership.transfers import *
