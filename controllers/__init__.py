from . import export
from . import feedback_form
from . import portal_case
from . import portal_case_answer
from . import portal_case_file
from . import portal_case_new
from . import survey_refusal
