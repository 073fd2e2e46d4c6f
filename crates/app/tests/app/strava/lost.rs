//! Tokens that are lost on their way: Strava ends a refresh token with the answer that holds its
//! successor, so that nobody has either when the answer does not arrive.

use super::{ALL, Beginning, Connected};
use hermes_app::strava::StravaState;

/// One request is lost, one is refused; then nothing is asked, and connecting again mends it.
#[tokio::test]
async fn a_renewal_that_is_lost_on_its_way_is_said_and_mended_by_connecting_again() {
    let c = Connected::synced(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    let held = c.held(runner).await;
    let before = c.sim.token_requests();
    c.sim.set_faults(|faults| faults.lose_tokens = true);
    c.work_for_days(2).await;
    assert_eq!(c.sim.token_requests() - before, 2, "one is lost, one is refused, no more");
    let status = c.status(runner).await;
    let StravaState::NeedsReauth(why) = status.state else { unreachable!("{status:?}") };
    assert!(why.contains("cut off") && why.contains("connect to Strava again"), "{why}");
    let kept = c.held(runner).await;
    assert!(held.iter().all(|id| kept.contains(id)), "nothing is lost meanwhile");
    c.sim.set_faults(|faults| faults.lose_tokens = false);
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    assert_eq!(c.status(runner).await.state, StravaState::Connected);
    c.holds_the_truth(runner, athlete).await;
    c.within_limits();
}

/// A refusal that is none of the token's says nothing about it: nobody has to connect again.
#[tokio::test]
async fn a_renewal_that_strava_could_not_do_is_done_later() {
    let c = Connected::synced(Beginning::default()).await;
    c.sim.set_faults(|faults| faults.inactive = true);
    c.work_for_days(1).await;
    let tokens = c.store.strava_tokens(c.w.runner.id).await.unwrap().unwrap();
    assert_eq!(tokens.refresh_until, None, "it was answered");
    c.sim.set_faults(|faults| faults.inactive = false);
    c.work_for_days(1).await;
    assert_eq!(c.status(&c.w.runner).await.state, StravaState::Connected);
    c.holds_the_truth(&c.w.runner, c.athlete(0)).await;
}

/// The tokens of a code are lost: nobody is connected, and pressing the button again connects.
#[tokio::test]
async fn a_code_whose_tokens_are_lost_connects_nobody_and_another_one_does() {
    let c = Connected::new(Beginning::default()).await;
    let (runner, athlete) = (&c.w.runner, c.athlete(0));
    c.sim.set_faults(|faults| faults.lose_tokens = true);
    let error = c.connect(runner, athlete, &ALL).await.unwrap_err().to_string();
    assert!(error.contains("Strava cannot be reached"), "{error}");
    assert_eq!(c.status(runner).await.state, StravaState::NotConnected);
    c.sim.set_faults(|faults| faults.lose_tokens = false);
    c.connect(runner, athlete, &ALL).await.unwrap();
    c.work_for_days(1).await;
    c.holds_the_truth(runner, athlete).await;
}
