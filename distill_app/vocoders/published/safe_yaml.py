"""YAML without tags that build objects and without aliases: a few nested aliases can expand to any amount of memory."""

import yaml
from yaml.nodes import Node

from distill_app.common.parsing import DEPTH_MAX, ParseError, parse_guard


class _Loader(yaml.SafeLoader):
    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        """Refuse deep nesting at once: the scanner takes quadratic time for it."""
        if self.flow_level >= DEPTH_MAX:
            raise yaml.YAMLError("nesting")
        super().fetch_flow_collection_start(token)

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases")
        return super().compose_node(parent, index)


def parse_yaml(content: bytes) -> object:
    """Parse the content of a YAML file of limited size. Raises ParseError where it is invalid."""
    try:
        with parse_guard():
            return yaml.load(content.decode("utf-8-sig"), _Loader)
    except (yaml.YAMLError, ParseError) as error:
        raise ParseError("it is damaged") from error
