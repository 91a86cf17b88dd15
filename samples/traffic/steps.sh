# What the parts of record are made of.
on() { local n=$1; shift; ip netns exec "ww-$n" "$@"; }
background() { ip netns exec "ww-$1" "${@:2}" >>"$work/log" 2>&1 & pids+=($!); }

# expect ORIG RESP TRANSPORT PROTOCOL JSON: a connection, and what is known of it.
expect() {
    jq -cn --arg capture "$capture" --arg orig "$1" --arg resp "$2" --arg transport "$3" --arg protocol "$4" --argjson more "$5" \
        '{capture: $capture, orig: $orig, resp: $resp, transport: $transport, protocol: $protocol} + $more' >>"$expects"
}

# listen CAPTURE NAMESPACE INTERFACE FILTER [OPTIONS], until heard.
listen() {
    capture=$1
    ip netns exec "ww-$2" tcpdump -Z root -q -U -B 65536 --immediate-mode -i "$3" -w "$here/captures/$1" "${@:5}" "$4" 2>>"$work/log" &
    listener=$!
    sleep 1
}
heard() { sleep 1; kill "$listener"; wait "$listener" || true; }

# page PROTOCOL RESP JSON CURL-ARGUMENTS: asks, and expects what curl says it sent and got.
page() {
    local protocol=$1 resp=$2 known=$3 told; shift 3
    told=$(on "${asker:-client}" curl --silent --show-error --fail --cacert "$work/cert.pem" --output "$work/got" --write-out '%{json}' "$@")
    local orig; orig=$(jq -r 'if (.local_ip|contains(":")) then "[\(.local_ip)]" else .local_ip end + ":\(.local_port)"' <<<"$told")
    expect "$orig" "$resp" tcp "$protocol" "$(jq -c --argjson known "$known" --arg agent "curl/$(curl --version | cut -d' ' -f2 | head -1)" '
        (if .scheme == "HTTP" and .http_version == "1.1" then {
            payload: [.size_request + .size_upload, .size_header + .size_download]
        } + if $known.cut then {} else {
            http: {req_body: .size_upload, resp_body: .size_download, agent: $agent, status: .response_code}
        } end else {at_least: [.size_upload, .size_download]} end) * $known' <<<"$told")"
}
at() { echo --connect-to "$1::198.51.100.20:"; }
