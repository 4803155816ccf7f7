//! What the overview shows: each number and word of it under a name.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::visit::Visit;

/// What is shown, or should be, by name.
pub type Lines = BTreeMap<String, String>;

/// Unfolds what is folded, and reads. What unfolds is there the next time.
const SCRIPT: &str = r#"
    const lines = {};
    const text = (element) => (element?.innerText ?? '').replace(/\s+/g, ' ').trim();
    const label = (element) => element?.getAttribute('aria-label') ?? 'no label';
    const card = (title) => document.querySelector(`section.card[aria-label="${title}"]`);
    const all = (within, selector) => [...(within?.querySelectorAll(selector) ?? [])];
    lines['sentence'] = text(document.getElementById('health'));
    for (const title of ['Capacity', 'Nodes by pressure', 'What fails', 'Pods by state', 'Pods by namespace']) {
        const face = card(title)?.querySelector('.face');
        if (face) lines[`face of ${title}`] = text(face.querySelector('blockquote') ?? face.querySelector('strong') ?? face);
    }
    for (const bar of all(card('Capacity'), '.capacity')) {
        const parts = [text(bar.querySelector('a')), text(bar.querySelector('.num')), label(bar.querySelector('[role=img]'))];
        lines[`capacity: ${text(bar.querySelector('h3'))}`] = parts.join(' | ');
    }
    const note = card('Capacity')?.querySelector('[role=note]');
    if (note) lines['capacity: note'] = text(note);

    const nodes = card('Nodes by pressure');
    const picture = nodes?.querySelector('[role=application]');
    if (picture) lines['nodes'] = label(picture).split('.')[0];
    for (const group of all(nodes, '.groups li')) lines[`group ${group.title.split(':')[0]}`] = group.title.split(': ')[1];
    const twin = nodes?.querySelector('details.twin');
    if (twin && !twin.open) twin.open = true;
    for (const row of all(twin, 'tbody tr')) {
        const [name, ...cells] = [...row.cells].map(text);
        lines[`node ${name}`] = cells.join(' | ');
    }

    const states = card('Pods by state');
    if (states?.querySelector('ul.states')) {
        lines['states'] = text(states.querySelector('.aside'));
        lines['states: picture'] = label(states.querySelector('[role=application]')).split('.')[0];
    }
    for (const line of all(states, 'ul.states a')) {
        const [state, number] = all(line, 'a > span').map((part) => part.textContent.trim());
        lines[`state ${state}`] = number;
    }

    const namespaces = card('Pods by namespace');
    const beside = text(namespaces?.querySelector('.aside'));
    if (beside) lines['namespaces'] = beside;
    for (const line of all(namespaces, '.line')) {
        const parts = [text(line.querySelector('.num')), text(line.querySelector('.bad')), label(line.querySelector('[role=img]'))];
        lines[`namespace ${text(line.querySelector('.name'))}`] = parts.join(' | ');
    }

    const fails = card('What fails');
    const more = fails?.querySelector('button[aria-expanded=false]');
    if (more) more.click();
    for (const row of all(fails, 'tbody tr')) {
        const link = row.querySelector('td.num a');
        const title = text(row.querySelector('b'));
        const cause = decodeURIComponent(link?.href ?? '').match(/cause:([a-z-]+)/)?.[1] ?? title;
        const number = (element) => parseInt(text(element).replace(',', '')) || 0;
        const before = (lines[`fails: ${cause}`] ?? '0, 0').split(', ').map((words) => parseInt(words));
        const [count, restarts] = [before[0] + number(link), before[1] + number(row.querySelector('td.num > .mute'))];
        lines[`fails: ${cause}`] = `${count}, ${restarts} restarts`;
    }
    lines['warnings'] = text(card('Change in the last hour')?.querySelector('.legend a'));
    return lines;
"#;

/// What is shown now.
pub async fn shown(visit: &Visit) -> Result<Lines> {
    Ok(serde_json::from_value(visit.browser.script(SCRIPT, Vec::new()).await?)?)
}
