"""why403: a 403 in a log becomes the policy that said no, and the smallest change that makes it yes.

    LogEvent → Denial → Incident → Workload + policies → Decision → Remedy → Notice → fix page

Each stage is a folder of that name; `diagnose.py` tells the story of all of them. Nothing is imported here,
so a function pays only for the stages that it uses.
"""

__version__ = "0.1.0"
