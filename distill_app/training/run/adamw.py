"""AdamW (Loshchilov and Hutter 2019) without torch's compiler, which torch's own loads although nothing is compiled.

Loading it takes over two seconds of work in each program that trains.
"""

from inspect import unwrap

import torch


class AdamW(torch.optim.AdamW):
    """torch's AdamW, whose methods are called without the wrappers that load the compiler."""

    add_param_group = unwrap(torch.optim.AdamW.add_param_group)
    load_state_dict = unwrap(torch.optim.AdamW.load_state_dict)
    state_dict = unwrap(torch.optim.AdamW.state_dict)
    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))
    zero_grad = unwrap(torch.optim.AdamW.zero_grad)
