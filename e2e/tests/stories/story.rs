//! A story: its name as a sentence, who visits, and what is told.

use anyhow::Result;
use libtest_mimic::{Failed, Trial};
use pilothouse_e2e::control_plane::{ControlPlane, Storage, User};
use pilothouse_e2e::fault::Fault;
use pilothouse_e2e::site::Mode;

use crate::visit::Visit;
use crate::world::{World, tell_figure};

type Tell = dyn Fn(&World, Mode) -> Result<()> + Send + Sync;

/// Told once for each of its hosting modes.
pub struct Story {
    name: &'static str,
    modes: Vec<Mode>,
    tell: std::sync::Arc<Tell>,
}

/// What a story needs to be told.
#[derive(Clone, Copy)]
pub struct Cast {
    /// Who visits.
    pub user: User,
    /// Parts of the HTTP and socket failures that the console may hold.
    pub expected: &'static [&'static str],
}

/// An administrator who meets no failures.
pub const ADMIN: Cast = Cast { user: User::Admin, expected: &[] };

impl Story {
    /// A story of one visit, in both hosting modes.
    pub fn new<T>(name: &'static str, cast: Cast, tell: T) -> Self
    where
        T: AsyncFn(&mut ControlPlane, &Visit) -> Result<()> + Send + Sync + 'static,
    {
        let tell = move |world: &World, mode: Mode| {
            world.tell(async |control_plane| {
                let visit = Visit::start(name, mode, control_plane, cast.user).await?;
                let told = tell(control_plane, &visit).await;
                visit.end(told, cast.expected).await
            })
        };
        Self { name, modes: Mode::BOTH.to_vec(), tell: std::sync::Arc::new(tell) }
    }

    /// A story of one visit with a fault between the app's server and the API server, in both hosting modes.
    pub fn with_fault<T>(name: &'static str, cast: Cast, tell: T) -> Self
    where
        T: AsyncFn(&mut ControlPlane, &Visit, &Fault) -> Result<()> + Send + Sync + 'static,
    {
        let tell = move |world: &World, mode: Mode| {
            world.tell(async |control_plane| {
                let fault = control_plane.fault().await?;
                let visit =
                    Visit::start_behind(fault.address(), name, mode, control_plane.storage(), cast.user).await?;
                let told = tell(control_plane, &visit, &fault).await;
                visit.end(told, cast.expected).await
            })
        };
        Self { name, modes: Mode::BOTH.to_vec(), tell: std::sync::Arc::new(tell) }
    }

    /// A story without a visit of its own, told once for each mode.
    pub fn without_visit<T>(name: &'static str, tell: T) -> Self
    where
        T: AsyncFn(&mut ControlPlane, Mode) -> Result<()> + Send + Sync + 'static,
    {
        let tell = move |world: &World, mode: Mode| world.tell(async |control_plane| tell(control_plane, mode).await);
        Self { name, modes: Mode::BOTH.to_vec(), tell: std::sync::Arc::new(tell) }
    }

    /// A story of an etcd and an API server of its own, told once, which needs nothing of what the others share.
    pub fn apart<T>(name: &'static str, tell: T) -> Self
    where
        T: AsyncFn(&Storage) -> Result<()> + Send + Sync + 'static,
    {
        let tell = move |world: &World, _| world.tell_apart(async |storage| tell(storage).await);
        Self { name, modes: vec![Mode::Pilothouse], tell: std::sync::Arc::new(tell) }
    }

    /// The same before the sample cluster, too.
    pub fn and_the_demo(self) -> Self {
        self.and_in(Mode::Demo)
    }

    /// The same in one mode more.
    pub fn and_in(mut self, mode: Mode) -> Self {
        self.modes.push(mode);
        self
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it is told before the sample cluster.
    pub fn is_of_the_demo(&self) -> bool {
        self.modes.contains(&Mode::Demo)
    }

    /// Whether it is told in both modes of hosting.
    pub fn is_of_both(&self) -> bool {
        Mode::BOTH.iter().all(|mode| self.modes.contains(mode))
    }

    /// The same in one mode only.
    pub fn only_in(self, mode: Mode) -> Self {
        Self { modes: vec![mode], ..self }
    }

    /// One test for each mode.
    pub fn trials(self, world: &World) -> Vec<Trial> {
        let Self { name, modes, tell } = self;
        let trial = |mode: Mode| {
            let (tell, world) = (std::sync::Arc::clone(&tell), world.clone());
            let name = format!("{name} ({})", mode.name());
            Trial::test(name.clone(), move || {
                let told = tell(&world, mode).or_else(|error| {
                    // A machine that others use may be late once, which holds up nobody; but it is said.
                    if std::env::var_os("CI").is_none() {
                        return Err(error);
                    }
                    let why = format!("{error:#}");
                    // The cause stands at its end.
                    let from = why.char_indices().nth_back(300).map_or(0, |(at, _)| at);
                    tell_figure(format!("Unsteady, told twice: {name}: {}", why.get(from..).unwrap_or_default()));
                    tell(&world, mode)
                });
                told.map_err(|error| Failed::from(format!("{error:#}")))
            })
        };
        modes.into_iter().map(trial).collect()
    }
}
