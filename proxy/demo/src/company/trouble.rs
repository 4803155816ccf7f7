//! What goes wrong in the company: one of each kind that people meet.

/// A trouble of an app.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Trouble {
    /// It exits with 1 soon after each start, and its log tells why.
    CrashLoop,
    /// It grows over its memory limit and is killed (137).
    OutOfMemory,
    /// The image of its new version does not exist.
    MissingImage,
    /// It asks for what no node has.
    Unschedulable,
    /// It runs, but its readiness probe fails.
    FailingProbe,
    /// A rollout is half done, and goes on.
    RollingOut,
    /// Its new version never becomes ready, and the deadline has passed.
    StuckRollout,
    /// Its namespace's quota leaves no room for all replicas.
    FullQuota,
    /// Its last replica's volume is of a storage class that provides none.
    WaitingVolume,
    /// Its job took too long and was ended.
    PastDeadline,
    /// Its autoscaler would add replicas and may not.
    AtMostReplicas,
}

/// A trouble of a node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NodeTrouble {
    /// Its memory runs short.
    MemoryPressure,
    /// It comes and goes.
    Flapping,
    /// Someone has cordoned it.
    Cordoned,
}

/// A node that flaps: how often it goes away, and for how long.
pub const FLAPS_EVERY_S: i64 = 900;
/// Longer than its pods tolerate.
pub const AWAY_S: i64 = 420;
/// How long before the beginning it came back, so that whoever begins to watch soon sees it go.
pub const BACK_SINCE_S: i64 = 390;
