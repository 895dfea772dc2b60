"""Exchanges: a request and its response as the server saw them, with the steps in between. In the lab only.

The middleware opens a Trace, the view and its helpers add steps, and the middleware stores the result for half an hour
under an unguessable id. The response carries that id in its Exchange-Id header.
"""

from authcompare.api.recording.trace import current, step

__all__ = ["current", "step"]
