//! Elements as assistive technology sees them: by role and accessible name.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Browser;

/// An element of the accessibility tree.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its accessible name.
    pub name: String,
    node: Value,
}

impl Browser {
    /// The elements with a role, in document order.
    pub async fn elements(&self, role: &str) -> Result<Vec<Element>> {
        let document = self.cdp("DOM.getDocument", json!({ "depth": 0 })).await?;
        let root = &document["root"]["backendNodeId"];
        let found = self.cdp("Accessibility.queryAXTree", json!({ "backendNodeId": root, "role": role })).await?;
        let nodes = found["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(nodes
            .iter()
            .filter(|node| node["ignored"] != true)
            .map(|node| Element {
                name: node["name"]["value"].as_str().unwrap_or_default().to_owned(),
                node: node["backendDOMNodeId"].clone(),
            })
            .collect())
    }

    /// The first element with a role whose name starts so.
    pub async fn element(&self, role: &str, name: &str) -> Result<Element> {
        let all = self.elements(role).await?;
        let names: Vec<_> = all.iter().map(|element| element.name.clone()).collect();
        all.into_iter()
            .find(|element| element.name.starts_with(name))
            .with_context(|| format!("no {role} named {name:?}, only {names:?}"))
    }

    /// The text of that element.
    pub async fn text_of(&self, role: &str, name: &str) -> Result<String> {
        let element = self.element(role, name).await?;
        let text = self.call_on(&element, "function() { return this.innerText ?? this.textContent }").await?;
        Ok(text.as_str().unwrap_or_default().trim().to_owned())
    }

    /// An attribute of that element.
    pub async fn attribute_of(&self, role: &str, name: &str, attribute: &str) -> Result<Option<String>> {
        let element = self.element(role, name).await?;
        let function = format!("function() {{ return this.getAttribute({attribute:?}) }}");
        Ok(self.call_on(&element, &function).await?.as_str().map(str::to_owned))
    }

    /// Presses the mouse on the middle of that element.
    pub async fn click(&self, role: &str, name: &str) -> Result<()> {
        const MIDDLE: &str = "function() {
            this.scrollIntoView({ block: 'nearest' });
            const box = this.getBoundingClientRect();
            return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }";
        let element = self.element(role, name).await?;
        let middle = self.call_on(&element, MIDDLE).await?;
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event = json!({
                "type": kind, "x": middle["x"], "y": middle["y"], "button": "left", "clickCount": 1,
            });
            self.cdp("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Types into that field, in place of what it holds.
    pub async fn type_into(&self, role: &str, name: &str, text: &str) -> Result<()> {
        let element = self.element(role, name).await?;
        self.call_on(&element, "function() { this.focus(); this.select?.() }").await?;
        self.cdp("Input.insertText", json!({ "text": text })).await.map(drop)
    }

    /// Presses a key that types nothing, such as `Tab` or `ArrowDown`.
    pub async fn press(&self, key: &str) -> Result<()> {
        self.press_with(key, 0).await
    }

    /// Presses a key while Control is held.
    pub async fn press_with_control(&self, key: &str) -> Result<()> {
        self.press_with(key, 2).await
    }

    async fn press_with(&self, key: &str, modifiers: u8) -> Result<()> {
        // What the browser itself does at a key, such as to close a dialog, goes by the number.
        let number = if key == "Escape" { 27 } else { 0 };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": number, "modifiers": modifiers,
            });
            self.cdp("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    async fn call_on(&self, element: &Element, function: &str) -> Result<Value> {
        let resolved = self.cdp("DOM.resolveNode", json!({ "backendNodeId": element.node })).await?;
        let call = json!({
            "objectId": resolved["object"]["objectId"], "functionDeclaration": function, "returnByValue": true,
        });
        let mut answer = self.cdp("Runtime.callFunctionOn", call).await?;
        anyhow::ensure!(answer["exceptionDetails"].is_null(), "{}", answer["exceptionDetails"]);
        Ok(answer["result"]["value"].take())
    }
}
