"""The addresses of the desk's pages."""

from starlette.routing import Route

from server.registration.desk import acts, add, console, move, people, roles

routes = [
    Route("/manage/{slug}/", console.show, methods=["GET"]),
    Route("/manage/{slug}/people", people.show, methods=["GET"]),
    Route("/manage/{slug}/people.csv", people.export, methods=["GET"]),
    Route("/manage/{slug}/people/approve", acts.approve, methods=["POST"]),
    Route("/manage/{slug}/people/unapprove", acts.unapprove, methods=["POST"]),
    Route("/manage/{slug}/people/promote", acts.promote, methods=["POST"]),
    Route("/manage/{slug}/people/cancel", acts.cancel, methods=["POST"]),
    Route("/manage/{slug}/people/restore", acts.restore, methods=["POST"]),
    Route("/manage/{slug}/people/add", add.add, methods=["POST"]),
    Route("/manage/{slug}/people/move", move.move, methods=["POST"]),
    Route("/manage/{slug}/people/roles", roles.set_roles, methods=["POST"]),
]
