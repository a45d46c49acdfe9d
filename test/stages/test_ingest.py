import hashlib
import http.server
import threading
from pathlib import Path

import pytest

HEADER = "sepal_length,sepal_width,petal_length,petal_width,species\n"
THREE = "5,3,1,0.2,setosa\n6,3,4,1,versicolor\n7,3,6,2,virginica\n"
GOOD = HEADER + THREE


def test_bundled_copy_has_150_flowers_of_3_species(ingest, set_params):
    ingest.main()
    lines = Path("data/raw/iris.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] + "\n" == HEADER
    assert lines[1] == "5.1,3.5,1.4,0.2,setosa"
    assert len(lines) == 151


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The columns are none; expected sepal_length"),
        ("a,b\n1,2\n", "The columns are a, b; expected"),
        (THREE, "The columns are 5, 3, 1, 0.2, setosa; expected"),
        (GOOD + "5,3,1,setosa\n", "Line 5 has 4 values; expected 5"),
        (GOOD + "5,,1,0.2,setosa\n", "Line 5 lacks a value: sepal_width is empty"),
        (GOOD + "\n5,3,1,0.2, \n", "Line 6 lacks a value: species is empty"),
        (GOOD + "5,nan,1,0.2,setosa\n", "Line 5: sepal_width is 'nan'"),
        (GOOD + "5,1_0,1,0.2,setosa\n", "Line 5: sepal_width is '1_0'"),
        (GOOD + "5,1e999,1,0.2,setosa\n", "Line 5: sepal_width is '1e999'"),
        (GOOD + '5,"3,1,0.2,setosa\n', "is not CSV"),
        (HEADER + THREE.replace("virginica", "setosa"), "Only 2 species found; 3 are needed"),
        (HEADER, "Only 0 species found"),
    ],
)
def test_a_bad_table_is_refused(ingest, text, message):
    with pytest.raises(ingest.BadDataError, match=message):
        ingest.parse(text)


def test_spaces_and_line_ends_are_no_part_of_a_value(ingest):
    spaced = GOOD.replace(",", " , ").replace("\n", "\r\n")
    assert ingest.parse(spaced) == ingest.parse(GOOD)
    assert ingest.render(ingest.parse(spaced)) == GOOD


@pytest.fixture
def served():
    """Serve bytes on loopback; give a function from content to its address."""
    contents = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = contents.get(self.path)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(content):
        contents["/table"] = content
        return f"http://127.0.0.1:{server.server_port}/table"

    yield serve
    server.shutdown()
    server.server_close()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_download_with_the_right_hash_becomes_the_table(ingest, set_params, served):
    content = b"\xef\xbb\xbf" + GOOD.encode()
    set_params({"ingest.url": served(content), "ingest.sha256": sha256(content).upper()})
    ingest.main()
    assert Path("data/raw/iris.csv").read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize(
    ("content", "hash_of", "message"),
    [
        (GOOD.encode(), b"other", "has the SHA-256 .* as ingest.sha256 says"),
        (GOOD.encode(), None, "ingest.sha256 is not"),
        (b"\xff\xfe", b"\xff\xfe", "is not text in UTF-8"),
        (b"x" * (10 * 1024 * 1024 + 1), b"", "is larger than 10485760 bytes"),
        (None, b"", "cannot be downloaded: HTTP Error 404"),
    ],
)
def test_a_bad_download_leaves_no_output(ingest, set_params, served, content, hash_of, message):
    expected = "" if hash_of is None else sha256(hash_of)
    set_params({"ingest.url": served(content), "ingest.sha256": expected})
    with pytest.raises(ingest.BadDataError, match=message):
        ingest.main()
    assert not Path("data").exists()


@pytest.mark.parametrize("url", ["table.csv", "file:///etc/hostname", "ftp://127.0.0.1/t"])
def test_only_web_addresses_are_downloaded(ingest, url):
    with pytest.raises(ingest.BadDataError, match="must be an https or http address"):
        ingest.download(url, "0" * 64)


def test_a_hash_that_yaml_takes_for_a_number_must_be_quoted(ingest, set_params):
    set_params({"ingest.url": "https://127.0.0.1/t", "ingest.sha256": 123})
    with pytest.raises(ingest.BadDataError, match=r"ingest.sha256 in params.yaml is 123: put"):
        ingest.main()
