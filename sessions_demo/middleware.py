"""Keeps a session that is used from idling out. Stands right inside Django's SessionMiddleware, which then saves."""


def idle_timeout(get_response):
    """Django extends a session when its data changes; an idle timeout has to be extended when it is used."""

    def middleware(request):
        response = get_response(request)
        session = request.session
        if session.accessed and session.in_use:
            session.modified = True
        return response

    return middleware
