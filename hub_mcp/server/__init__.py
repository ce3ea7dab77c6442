"""How the catalogue is offered over the Model Context Protocol."""
