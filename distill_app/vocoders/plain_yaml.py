"""YAML as data alone: what would build an object is an error, and what stands for something further up.

Nested, a few lines of the latter stand for more than fits into any memory.
"""

import yaml
from yaml.nodes import Node


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases")
        return super().compose_node(parent, index)


def parse_yaml(text: str) -> object:
    """Raises TypeError where it is no such YAML."""
    try:
        return yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError, AttributeError, LookupError) as error:
        raise TypeError("no YAML") from error
