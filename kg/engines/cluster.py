"""A Ray cluster: actors that load the models once; one that ends, or its machine, is replaced.

It is the cluster that RAY_ADDRESS names, or that runs on this machine, or else one that is started here for the build.
What is read (articles, ``--models``, ``--adapter``) has to be there for its machines under the same names, as has kg.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from kg.child import variables
from kg.engines.schedule import Lost, Scheduled, jobs_for
from kg.errors import KgError, RequestError
from kg.work import Outcome, Task, Work, done


class _Doing:
    """What runs in an actor."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def do(self, task: Task) -> Outcome | KgError:
        """The outcome of a task, or the error that ends the build."""
        return done(self._work, task)


class Actor:
    """A worker somewhere in the cluster."""

    def __init__(self, ray: Any, work: Any) -> None:
        """``work``: where the cluster keeps it."""
        self._ray = ray
        self._actor = ray.remote(_Doing).options(num_cpus=1, runtime_env={"env_vars": variables()}).remote(work)
        self.outcome: Any = None

    def give(self, task: Task) -> None:
        """Call it."""
        self.outcome = self._actor.do.remote(task)

    def take(self) -> Outcome | KgError:
        """The result of the call."""
        try:
            outcome: Outcome | KgError = self._ray.get(self.outcome)
        except self._ray.exceptions.RayError as error:
            self.end()
            raise Lost(str(error).strip().rpartition("\n")[2]) from None
        return outcome

    def fit(self) -> bool:
        """Ray looks after memory."""
        return True

    def end(self) -> None:
        """Kill it."""
        self._ray.kill(self._actor)


class Cluster(Scheduled[Actor]):
    """Workers of a cluster."""

    def __init__(self, work: Work, *, articles: int, jobs: int | None, limit: float) -> None:
        """Join the cluster. Raises RequestError without Ray, or without the cluster."""
        try:
            import ray
        except ImportError:
            raise RequestError("Ray is not installed: pip install 'kg[ray]', or use --engine pool") from None
        self._ray = ray
        try:
            ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR", ignore_reinit_error=True)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise RequestError(f"no Ray cluster: {error}; set RAY_ADDRESS, or use --engine pool") from error
        processors = int(ray.cluster_resources().get("CPU", 1))
        super().__init__(jobs=jobs or jobs_for(articles, processors), limit=limit)
        self._work = ray.put(work)

    def start(self) -> Actor:
        """A new actor, as soon as the cluster has a processor for it."""
        return Actor(self._ray, self._work)

    def ready(self, workers: Sequence[Actor], seconds: float) -> Container[Actor]:
        """Those whose result is there, or whose end is known."""
        if not workers:
            return ()
        there, _ = self._ray.wait([worker.outcome for worker in workers], timeout=seconds)
        return {worker for worker in workers if worker.outcome in there}

    def __exit__(self, *_: object) -> None:
        """End the actors, and the cluster if it was started here."""
        super().__exit__()
        self._ray.shutdown()
