"""jupyter_kernel_test, the conformance suite of the Jupyter project, with Go.

usage: kernel_suite.py KERNEL [unittest options]
"""

import sys
import unittest

import jupyter_kernel_test

from samples import SAMPLES

NAME = sys.argv.pop(1)
CODE = SAMPLES[NAME]


class KernelSuite(jupyter_kernel_test.KernelTests):
    kernel_name = NAME
    language_name = CODE["language"]
    file_extension = CODE["extension"]
    code_hello_world = CODE["hello"]
    code_stderr = CODE["stderr"]
    code_generate_error = CODE["panic"]
    code_execute_result = [{"code": c, "result": r} for c, r in CODE["results"]]
    complete_code_samples = CODE["complete"]
    incomplete_code_samples = CODE["incomplete"]
    invalid_code_samples = CODE["invalid"]
    completion_samples = CODE["completion"]
    code_history_pattern = CODE["history"]
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = CODE["inspect"]
    code_display_data = CODE["display"]
    code_clear_output = CODE["clear"]
    # Help is an output like any other here: payloads, which a pager would need,
    # are deprecated by the specification.
    code_page_something = CODE.get("page", "")


class WelcomeSuite(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = NAME
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
