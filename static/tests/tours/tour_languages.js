import { registry } from "@web/core/registry";

// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
export const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
export const edit = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });
export const see = (trigger, content) => ({ trigger, content, timeout });
/** Follow a link or send a form: another page is loaded. */
export const leave = (trigger, content) => ({ ...click(trigger, content), expectUnloadPage: true });
/** Click a button of a form's header; on a telephone all but the first are in a menu. */
export const press = (name, content) => [
    see(".o_statusbar_buttons button"),
    {
        ...click(".o_statusbar_buttons .oi-ellipsis-v"),
        isActive: ["mobile", `.o_form_view:not(:has(.o_statusbar_buttons button[name=${name}]))`],
    },
    click(`button[name=${name}]:visible`, content),
];

/**
 * Add a tour in English and, named with "_zh", in Chinese.
 *
 * @param {string} name
 * @param {function} makeSteps gets what picks the words of the language: say(english, chinese)
 */
export function addInBothLanguages(name, makeSteps) {
    const tours = registry.category("web_tour.tours");
    tours.add(name, { steps: () => makeSteps((english) => english) });
    tours.add(`${name}_zh`, { steps: () => makeSteps((english, chinese) => chinese) });
}
