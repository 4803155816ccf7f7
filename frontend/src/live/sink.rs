//! Where the objects of a list go.

/// Takes the objects of one list, decoded or not; knows nothing of how they came.
pub trait Sink {
    /// The field mask of what is read of an object; empty for all of it.
    fn mask(&self) -> String {
        String::new()
    }
    /// Whether it reads protobuf too.
    fn reads_protobuf(&self) -> bool {
        false
    }
    /// Whether there can be so many that a server collects them for a while before it sends the first.
    fn may_be_long(&self) -> bool {
        false
    }
    /// A list begins. What is there stays until it ends, so that no view goes blank.
    fn begin(&mut self);
    /// An object, new or changed.
    fn upsert(&mut self, object: &[u8]);
    /// An object's last state.
    fn delete(&mut self, object: &[u8]);
    /// The list is complete: what it did not name is gone.
    fn end(&mut self);
    /// Tells the views that some of this has happened.
    fn tell(&self);
}
