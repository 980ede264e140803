"""Run replications: jobs, executors and the runner that joins plan, engine and results.

``trafficsim.run(...)`` calls :func:`trafficsim.api.run`.
"""

from trafficsim.base.callable_module import make_callable

make_callable(__name__)
