import { after } from '../../support/project.ts';

/** Crashes on a request with the header `x-crash`. Other requests also get `source.address` as `x-source`. */
export const crashOnRequest = after(
  'fn on_http_request_headers(&mut self, _num_headers: usize, _end_of_stream: bool) -> Action {\n',
  `assert!(self.get_http_request_header_bytes("x-crash").is_none());
   let source = self.get_property(vec!["source", "address"]);
   self.set_http_request_header_bytes("x-source", source.as_deref());\n`,
);
