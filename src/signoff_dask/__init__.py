"""Tasks on Dask, under the documented names."""

from signoff.authoring.clusters import DaskTaskRunner, get_dask_client

__all__ = ["DaskTaskRunner", "get_dask_client"]
