//! HTTP clients. None uses a proxy, whatever the environment says: Envoy is on this machine.

use ureq::Agent;
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectionDetails, Connector, TcpConnector, Transport};

use super::PATIENCE;

/// Keeps its connections. Any status is an answer, not an error; one that takes half a minute is.
pub fn agent() -> Agent {
    config().into()
}

/// As [`agent`], from the address `source`, where the bootstrap is one [`with_source_addresses`].
///
/// [`with_source_addresses`]: super::bootstrap::with_source_addresses
pub fn agent_from(source: &str) -> Agent {
    let connector = TcpConnector::default().chain(Announce(proxy_line(source)));
    Agent::with_parts(config(), connector, DefaultResolver::default())
}

/// What a TCP client sends first to appear as port 1234 of the address `source`.
pub fn proxy_line(source: &str) -> String {
    let family = if source.contains(':') { "TCP6" } else { "TCP4" };
    format!("PROXY {family} {source} {source} 1234 80\r\n")
}

/// The body of what `url` answers; `None` unless with 200.
pub fn get(url: &str) -> Option<String> {
    let mut response = agent().get(url).call().ok()?;
    let body = response.body_mut().read_to_string().ok()?;
    (response.status() == 200).then_some(body)
}

fn config() -> Config {
    let config = Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false);
    config.timeout_global(Some(PATIENCE)).build()
}

/// Begins each connection with a line.
#[derive(Debug)]
struct Announce(String);

impl<In: Transport> Connector<In> for Announce {
    type Out = In;

    fn connect(
        &self,
        details: &ConnectionDetails,
        connected: Option<In>,
    ) -> Result<Option<In>, ureq::Error> {
        let Some(mut transport) = connected else {
            return Ok(None);
        };
        let line = self.0.as_bytes();
        transport.buffers().output()[..line.len()].copy_from_slice(line);
        transport.transmit_output(line.len(), details.timeout)?;
        Ok(Some(transport))
    }
}
