"""Every error that kg raises on purpose, as one tree.

    KgError                    base: catch this one
      ArticleError             an article cannot be read (missing, empty, binary, unsupported language, no network)
      OntologyError            an ontology file is broken or incomplete
      ModelError               language models are missing or do not fit
      StoreError               the store is missing, locked, damaged or full
      QueryError               a SPARQL query is wrong or refused
        LimitError             its result is larger than is allowed
      RequestError             an argument names something that does not exist or is not allowed

A message names the bad value, where it is, and the remedy. The command line prints it after ``error:`` and ends with
exit status 2.
"""


class KgError(Exception):
    """Base of all errors that kg raises on purpose."""


class ArticleError(KgError):
    """An article cannot be read."""


class OntologyError(KgError):
    """An ontology file is broken or incomplete."""


class ModelError(KgError):
    """Language models are missing or do not fit."""


class StoreError(KgError):
    """The store is missing, locked, damaged or full."""


class QueryError(KgError):
    """A SPARQL query is wrong or refused."""


class LimitError(QueryError):
    """The result of a query is larger than is allowed."""


class RequestError(KgError):
    """An argument names something that does not exist or is not allowed."""
