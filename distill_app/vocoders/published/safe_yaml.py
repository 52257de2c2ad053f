"""YAML as data alone: what would build an object is an error, and what stands for something further up.

Nested, a few lines of the latter stand for more than fits into any memory.
"""

import yaml
from yaml.nodes import Node

from distill_app.common.parsing import ParseError, parse_guard


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases")
        return super().compose_node(parent, index)


def parse_yaml(content: bytes) -> object:
    """Parse the content of a YAML file, of a size that `read_limited` allows. Raises ParseError where it is invalid."""
    try:
        with parse_guard():
            return yaml.load(content.decode("utf-8-sig"), _Loader)
    except (yaml.YAMLError, ParseError) as error:
        raise ParseError("it is damaged") from error
