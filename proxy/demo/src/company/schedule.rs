//! When a CronJob runs: <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax>.

use super::moment::Moment;

/// The minutes, hours, days and months at which a job runs, in UTC, as sets of bits.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
}

/// Beyond this many days nobody looks.
const HORIZON_DAYS: i64 = 366;

impl Schedule {
    /// Reads five fields of `*`, numbers, ranges, lists and steps.
    pub fn parse(text: &str) -> Option<Self> {
        let text = match text {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            _ => text,
        };
        let mut fields = text.split_whitespace();
        let mut next = |least, most| field(fields.next()?, least, most);
        let schedule = Self {
            minutes: next(0, 59)?,
            hours: next(0, 23)?,
            days: next(1, 31)?,
            months: next(1, 12)?,
            weekdays: next(0, 6)?,
        };
        fields.next().is_none().then_some(schedule)
    }

    /// The last time before `moment`.
    pub fn before(&self, moment: Moment) -> Option<Moment> {
        let minute = (moment.0 - 1).div_euclid(60);
        (0..HORIZON_DAYS * 1440).map(|back| Moment((minute - back) * 60)).find(|moment| self.has(*moment))
    }

    /// The first time after `moment`.
    pub fn after(&self, moment: Moment) -> Option<Moment> {
        let minute = moment.0.div_euclid(60) + 1;
        (0..HORIZON_DAYS * 1440).map(|ahead| Moment((minute + ahead) * 60)).find(|moment| self.has(*moment))
    }

    fn has(&self, moment: Moment) -> bool {
        let minute = moment.second_of_day() / 60;
        let has = |set: u64, number: i64| set >> number & 1 == 1;
        if !has(self.minutes, minute % 60) || !has(self.hours, minute / 60) {
            return false;
        }
        let date = moment.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
        has(self.days, date.day().into())
            && has(self.months, date.month().into())
            && has(self.weekdays, date.weekday().to_sunday_zero_offset().into())
    }
}

/// The numbers that a field names, as bits.
fn field(text: &str, least: u32, most: u32) -> Option<u64> {
    text.split(',').try_fold(0, |set, part| {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: usize = step.parse().ok().filter(|step| *step > 0)?;
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None if range == "*" => (least, most),
            None => {
                let number = range.parse().ok()?;
                (number, if part.contains('/') { most } else { number })
            }
        };
        let valid = from >= least && to <= most && from <= to;
        valid.then(|| (from..=to).step_by(step).fold(set, |set, number| set | 1 << number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_says_when_it_is_next_and_was_last() {
        let check = |text: &str, now: &str, before: &str, after: &str| {
            let (schedule, now) = (Schedule::parse(text).unwrap(), Moment::parse(now).unwrap());
            assert_eq!(schedule.before(now).unwrap().to_string(), before, "{text}");
            assert_eq!(schedule.after(now).unwrap().to_string(), after, "{text}");
        };
        let now = "2026-11-23T21:33:22Z";
        check("*/5 * * * *", now, "2026-11-23T21:30:00Z", "2026-11-23T21:35:00Z");
        check("30 2 * * *", now, "2026-11-23T02:30:00Z", "2026-11-24T02:30:00Z");
        check("0 9-17/4 * * 1-5", now, "2026-11-23T17:00:00Z", "2026-11-24T09:00:00Z");
        check("@hourly", "2026-11-23T21:00:00Z", "2026-11-23T20:00:00Z", "2026-11-23T22:00:00Z");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in ["", "* * * *", "* * * * * *", "60 * * * *", "*/0 * * * *", "a * * * *", "5-1 * * * *"] {
            assert_eq!(Schedule::parse(text), None, "{text}");
        }
    }
}
