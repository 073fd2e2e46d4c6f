//! A relay before the database server that can be slow, be cut, or lose answers.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Modes; at first neither.
const DEAF: u8 = 1;
const CUT: u8 = 2;

/// The relay; it lives as long as the process.
pub(crate) struct Relay {
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    mode: AtomicU8,
    delay_ms: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

impl Relay {
    /// A relay to the server of a URL, and the URL of the same database through it.
    pub(crate) fn before(url: &str) -> (Self, String) {
        let (who, rest) = url.rsplit_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let (server, listener) = (server.to_owned(), TcpListener::bind("127.0.0.1:0").unwrap());
        let (at, state) = (listener.local_addr().unwrap(), Arc::new(State::default()));
        let relay = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if relay.mode.load(Ordering::SeqCst) == CUT {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&server) else { continue };
                for (from, to, answers) in [(&client, &server, false), (&server, &client, true)] {
                    from.set_nodelay(true).unwrap();
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    relay.open.lock().unwrap().push(from.try_clone().unwrap());
                    let relay = Arc::clone(&relay);
                    std::thread::spawn(move || relay.copy(from, to, answers));
                }
            }
        });
        (Self { state }, format!("{who}@{at}/{name}"))
    }

    /// All connections break off, and new ones are refused.
    pub(crate) fn cut(&self) {
        self.state.mode.store(CUT, Ordering::SeqCst);
        for stream in self.state.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// What is said from now on reaches the server; the connection breaks off instead of its
    /// answer.
    pub(crate) fn lose_answers(&self) {
        self.state.mode.store(DEAF, Ordering::SeqCst);
    }

    /// Everything takes so much longer, each way.
    pub(crate) fn slow(&self, by: Duration) {
        self.state.delay_ms.store(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl State {
    fn copy(&self, mut from: TcpStream, mut to: TcpStream, answers: bool) {
        let mut bytes = [0_u8; 65_536];
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            std::thread::sleep(Duration::from_millis(self.delay_ms.load(Ordering::SeqCst)));
            let lost = answers && self.mode.load(Ordering::SeqCst) == DEAF;
            if lost || to.write_all(&bytes[..n]).is_err() {
                break;
            }
        }
        let _ = (to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
    }
}
