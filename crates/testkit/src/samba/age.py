"""Changes what no administrator may, such as the time at which a password was set: as `age.py SMB_CONF LDIF`."""

import sys

from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

parameters = LoadParm()
parameters.load(sys.argv[1])
domain = SamDB(session_info=system_session(), lp=parameters)
domain.modify_ldif(sys.argv[2], [f"local_oid:{dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID}:0"])
