"""How the catalogue is offered: the server, its gate, its pages."""
