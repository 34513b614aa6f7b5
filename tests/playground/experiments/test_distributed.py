"""A sweep on Dask's workers, where `distributed` is installed: any executor will do."""

import numpy as np
import pytest

from playground.experiments.sweep import Sweep, run_sweep, run_trial
from playground.experiments.values import Variation
from playground.settings import Settings

distributed = pytest.importorskip("distributed", reason="Dask's distributed is not installed")


@pytest.mark.filterwarnings("ignore")  # of Dask's own
def test_a_sweep_on_dasks_local_cluster_gives_the_bits_of_this_process() -> None:
    base = Settings("shapes", (0, 1), kernel_size=3, filters=(2,), batch_size=64)
    sweep = Sweep(base, (Variation("learning_rate", (0.05, 0.5)),), seeds=(1, 2), epochs=1)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        found = dict(run_sweep(sweep, executor))
    assert len(found) == 4
    for trial, recording in found.items():
        here = run_trial(trial)
        assert recording.final.test_accuracy == here.final.test_accuracy
        assert np.array_equal(recording.moments[recording.step], here.moments[here.step])
