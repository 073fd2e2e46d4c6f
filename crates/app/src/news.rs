//! News: what happened to a runner since they last looked. Told from what is stored anyway; the
//! only thing written is how far they have read.

use crate::App;
use crate::accounts::Runner;
use crate::error::Result;
use crate::views::{Moment, local};
use crate::zones::midnight;
use hermes_engine::adaptation::Trigger;
use hermes_engine::calendar::Day;
use hermes_engine::state::State;
use hermes_engine::units::Units;
use hermes_store::news::News;
use jiff::Timestamp;
use uuid::Uuid;

/// Days back in which something is new.
const NEW_DAYS: i64 = 14;
/// Days back that are listed.
const LISTED_DAYS: i64 = 365;
/// Items on one page.
const PAGE: u32 = 30;
/// Last page that can be asked for.
const LAST: u32 = 1_000;
/// Most new items that are counted.
pub const NEW_MAX: u32 = 99;

/// What an item is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A week was planned.
    Planned {
        /// Its first day.
        week: Day,
        /// It was changed to keep the rules.
        repaired: bool,
    },
    /// A week was planned anew, and why.
    Replanned {
        /// Its first day.
        week: Day,
        /// What set it off.
        why: String,
    },
    /// A state, the roadmap or the plan changed.
    Changed {
        /// The state that was entered, if one was.
        state: Option<String>,
        /// Why, in one sentence.
        short: String,
    },
    /// A strike was issued: how many are open, and where.
    Strike(i32, Option<String>),
    /// A strike is over.
    StrikeEnded,
    /// A strike's permanent limit was lifted.
    LimitLifted,
    /// A milestone was reached.
    Milestone(String),
    /// An import ended with failures.
    Import {
        /// The import.
        id: Uuid,
        /// What was imported.
        name: String,
        /// Rows that failed.
        failed: i32,
    },
    /// Strava has to be connected again, and why.
    Strava(String),
    /// A check-in waits for an answer.
    CheckIn,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsItem {
    /// The day it happened.
    pub day: Day,
    /// The runner's local day and time on which it was recorded.
    pub recorded: Moment,
    /// Recorded after the runner last looked.
    pub is_new: bool,
    /// What it is.
    pub about: About,
}

/// A page of news, newest day first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsPage {
    /// The items.
    pub items: Vec<NewsItem>,
    /// 1-based.
    pub page: u32,
    /// There are older ones.
    pub has_more: bool,
}

impl App {
    /// How many things are new to the runner, [`NEW_MAX`] at most: one small query.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_news(&self, runner: &Runner) -> Result<u32> {
        let from = self.since(runner, NEW_DAYS);
        let new = self.store.news(runner.id, from, true, NEW_MAX, 0).await?;
        Ok(u32::try_from(new.len()).unwrap_or(NEW_MAX))
    }

    /// What happened in the last year, newest day first, 30 on a page; the first page is 1.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn news(&self, runner: &Runner, units: Units, page: u32) -> Result<NewsPage> {
        let page = page.clamp(1, LAST);
        let seen = self.store.news_seen(runner.id).await?;
        let (new_from, begins) = self.since(runner, NEW_DAYS);
        let listed = self.since(runner, LISTED_DAYS);
        let skip = PAGE * (page - 1);
        let mut found = self.store.news(runner.id, listed, false, PAGE + 1, skip).await?;
        let has_more = found.len() > PAGE as usize;
        found.truncate(PAGE as usize);
        let after = seen.unwrap_or(begins);
        let items = found.into_iter().filter_map(|news| {
            let day = Day::parse(&news.day).ok()?;
            Some(NewsItem {
                day,
                recorded: local(runner, news.at),
                is_new: news.at > after && day >= new_from,
                about: about(news, units)?,
            })
        });
        Ok(NewsPage { items: items.collect(), page, has_more })
    }

    /// The runner has looked: nothing that is recorded by now is new any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_news(&self, runner: &Runner) -> Result<()> {
        Ok(self.store.see_news(runner.id, self.clock.now()).await?)
    }

    /// A day so many days back, and when it began.
    fn since(&self, runner: &Runner, days: i64) -> (Day, Timestamp) {
        let day = self.today(runner) - days;
        (day, midnight(&runner.zone(), day))
    }
}

/// `None` for a word that another version wrote.
fn about(news: News, units: Units) -> Option<About> {
    let detail = news.detail.filter(|d| !d.is_empty());
    Some(match news.kind.as_str() {
        "plan" => match (news.about?, detail) {
            (week, Some(why)) => About::Replanned { week, why },
            (week, None) => {
                About::Planned { week, repaired: news.word.as_deref() == Some("repaired") }
            }
        },
        "change" => {
            let trigger = news.data.and_then(|d| d.read::<Trigger>().ok());
            let to = news.word.map(serde_json::Value::from);
            let to = to.and_then(|t| serde_json::from_value::<State>(t).ok());
            let entered = matches!(trigger, Some(Trigger::State(_)));
            let state = to.filter(|_| entered).map(|to| to.name().to_owned());
            let short = trigger.zip(to).map(|(trigger, to)| trigger.text(to, units));
            About::Changed { state, short: short.or(detail)? }
        }
        "strike" => About::Strike(news.number.unwrap_or(1), detail.map(|d| d.replace('_', " "))),
        "strike_ended" => About::StrikeEnded,
        "limit_lifted" => About::LimitLifted,
        "milestone" => About::Milestone(news.word?),
        "import" => About::Import {
            id: news.id,
            name: detail.unwrap_or_else(|| "An import".to_owned()),
            failed: news.number.unwrap_or(0),
        },
        "strava" => About::Strava(detail.unwrap_or_default()),
        "check_in" => About::CheckIn,
        _ => return None,
    })
}
