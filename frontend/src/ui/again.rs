//! Work that is cut into frames.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::web::timer::{FrameGate, breathe};

/// Lets an effect run again after the next frame has been painted.
#[derive(Clone)]
pub struct Again(RwSignal<u32>, FrameGate);

impl Default for Again {
    fn default() -> Self {
        Self(RwSignal::new(0), FrameGate::default())
    }
}

impl Again {
    /// Follows what [`Again::follows`] brings about.
    pub fn track(&self) {
        self.0.track();
    }

    /// Whoever follows runs again after the next frame, if it should.
    pub fn follows(&self, should: bool) {
        if should {
            let times = self.0;
            self.1.schedule(move || {
                spawn_local(async move {
                    breathe().await;
                    // By then the table may be gone.
                    let _gone = times.try_update(|times| *times += 1);
                });
            });
        }
    }
}

/// Grows to `wanted` by `step` a frame, so that what is built for each is not one long task.
pub fn growing(step: usize, wanted: impl Fn() -> usize + Send + Sync + 'static) -> Memo<usize> {
    let (room, again) = (RwSignal::new(step), Again::default());
    let wanted = Memo::new(move |_| wanted());
    Effect::new(move |grows: Option<bool>| {
        again.track();
        let wanted = wanted.get();
        // What has become less grows again by steps.
        room.update(|room| *room = (*room).min(wanted.max(step)) + if grows == Some(true) { step } else { 0 });
        let grows = room.get_untracked() < wanted;
        again.follows(grows);
        grows
    });
    Memo::new(move |_| wanted.get().min(room.get()))
}
