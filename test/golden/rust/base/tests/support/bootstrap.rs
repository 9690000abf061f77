//! The Envoy configuration that tests run, and changes of it.

use std::fs;

use serde_json::json;

/// envoy-bootstrap.yml, the ports marked `# PORT`, `# ADMIN_PORT` and the like replaced by free ones:
/// for 0 Envoy chooses one.
pub fn bootstrap() -> String {
    let text = fs::read_to_string("envoy-bootstrap.yml").unwrap();
    let lines = text
        .lines()
        .map(|line| match line.split_once("port_value: ") {
            Some((before, after)) if after.ends_with("PORT") => {
                let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("{before}port_value: 0{after}")
            }
            _ => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Puts `configuration` in the place of the first `value:` and of the lines that belong to it, those
/// indented deeper.
pub fn with_configuration(bootstrap: &str, configuration: &str) -> String {
    let (before, value) = bootstrap.split_at(bootstrap.find(" value: ").unwrap() + 1);
    let indent = indentation(before.lines().last().unwrap());
    let lines = value.lines().skip(1);
    let after: Vec<_> = lines.skip_while(|l| indentation(l) > indent).collect();
    let after = after.join("\n");
    format!("{before}value: {}\n{after}", json!(configuration))
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The cluster `upstream` leads to `port` instead of to the echo.
pub fn with_upstream(bootstrap: &str, port: u16) -> String {
    let echo = "envoy_internal_address: { server_listener_name: echo }";
    let address = format!("socket_address: {{ address: 127.0.0.1, port_value: {port} }}");
    replace(bootstrap, echo, &address)
}

/// Clients of the first listener begin by saying where they come from, as load balancers do with the PROXY protocol.
pub fn with_source_addresses(bootstrap: &str) -> String {
    let filter = r#"    listener_filters:
    - name: envoy.filters.listener.proxy_protocol
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
    filter_chains:
"#;
    replace(bootstrap, "    filter_chains:\n", filter)
}

/// Trailers pass in HTTP/1, too, from the client to the cluster `upstream` and back. Envoy drops them by default.
pub fn with_trailers(bootstrap: &str) -> String {
    let options = "http_protocol_options: { enable_trailers: true }";
    let ingress = "          stat_prefix: ingress\n";
    let bootstrap = replace(
        bootstrap,
        ingress,
        &format!("{ingress}          {options}\n"),
    );
    let cluster = format!(
        r#"  - name: upstream
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {{ {options} }}
"#
    );
    replace(&bootstrap, "  - name: upstream\n", &cluster)
}

/// Changes the first of them; there has to be one.
pub fn replace(bootstrap: &str, what: &str, by: &str) -> String {
    assert!(
        bootstrap.contains(what),
        "envoy-bootstrap.yml has no `{what}`"
    );
    bootstrap.replacen(what, by, 1)
}
