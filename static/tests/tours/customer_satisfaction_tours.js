import { addInBothLanguages, click, edit, see } from "./tour_languages";

const question = (words) => `.js_question-wrapper:contains('${words}')`;

// A customer follows the link of his invitation, on a telephone.
addInBothLanguages("customer_satisfaction_answer", (say) => [
    click("button[value=start]", "He begins"),
    click(`${question(say("How professional are the people", "专业"))} label:contains(5)`),
    edit(`${question(say("What should we do better", "改进建议"))} textarea`, "Tour: call back sooner"),
    click("button[value=finish]", "and hands it in"),
    click(".modal-footer button.btn-primary"),
    see(`.o_survey_finished:contains('${say("Thank you", "谢谢您")}')`, "We thank him"),
]);
