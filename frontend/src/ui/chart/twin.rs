//! What a chart shows as a table, for those who read rather than look.

use leptos::prelude::*;

/// A table that is folded up, and built only when it is unfolded. The first column names the row.
#[component]
pub fn Twin(
    /// What the table holds, for its name.
    #[prop(into)]
    caption: Signal<String>,
    /// The heads of the columns.
    columns: &'static [&'static str],
    /// The cells, row by row.
    rows: impl Fn() -> Vec<Vec<String>> + Send + Sync + 'static,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let rows = StoredValue::new(rows);
    let body = move || {
        rows.with_value(|rows| rows())
            .into_iter()
            .map(|cells| view! { <tr>{cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> })
            .collect_view()
    };
    view! {
        <details class="twin" on:toggle=move |_| open.update(|open| *open = !*open)>
            <summary>"As a table"</summary>
            <Show when=move || open.get()>
                <div class="scroll" tabindex="0" role="region" aria-label=caption>
                    <table class="plain">
                        <thead>
                            <tr>{columns.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect_view()}</tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            </Show>
        </details>
    }
}
