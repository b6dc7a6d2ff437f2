"""A post-editor behind an address: any server that speaks OpenAI's chat protocol (llama.cpp, vLLM, Ollama, transformers).

``--model openai:NAME --endpoint http://127.0.0.1:8080/v1`` sends each sentence with `PROMPT` and takes one line of text
back. The answer is not trusted: like the hypothesis of any model it goes through hunks and guard, and a model that runs
here (the judge) says how probable each hunk is. Nothing is sent anywhere but to the address that the user names, and a
key comes from the variable MTFIX_ENDPOINT_KEY alone.

Source of the protocol: OpenAI API reference, "Create chat completion".
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from mtfix.errors import ModelError
from mtfix.extras import say_missing
from mtfix.model.posteditor import ScoringPostEditor
from mtfix.types import Hypothesis

KEY = "MTFIX_ENDPOINT_KEY"
SECONDS = 60.0  # for an answer
TRIES = 3
AT_ONCE = 4  # requests under way
#: What the model is told. One sentence is asked about at a time, with two examples of what is wanted.
PROMPT = (
    "You correct English news that was translated from Russian by a machine. Answer with the sentence alone, with the "
    "fewest changes that make it correct English: articles, prepositions, agreement, tense, missing subjects and "
    "auxiliaries, word order. Keep every number, name, negation and quotation, and who did what to whom. Codes such as X1 "
    "stay. Answer with the same sentence if nothing is wrong."
)
EXAMPLES = (
    ("In Samara detained two suspects of theft.", "Two suspects were detained in Samara for theft."),
    ("The road was closed on Monday.", "The road was closed on Monday."),
)
_RETRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_FENCE = re.compile(r"^```\w*\n?|\n?```$")
_LABEL = re.compile(r"^(?:corrected(?: sentence)?|answer|output|sentence)\s*:\s*", re.I)
_QUOTES = {'"': '"', "“": "”", "'": "'"}


class _Again(Exception):  # noqa: N818 - no error yet: another try may do
    """The server was busy, or did not answer."""


class EndpointPostEditor:
    """Asks ``model`` at ``endpoint`` (up to and with ``/v1``); ``judge`` scores what it answers.

    ``read_odds`` tells how much texts read like machine translation. Raises ModelError for an address that is no
    http(s) address, when the extra is missing, and when the server does not answer or refuses.
    """

    def __init__(
        self,
        model: str,
        endpoint: str,
        judge: ScoringPostEditor,
        *,
        read_odds: Callable[[Sequence[str]], Sequence[float | None]] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        try:
            import httpx
            import tenacity  # noqa: F401 - said here, before any text is read
        except ImportError as error:
            raise ModelError(say_missing(f"--model openai:{model}", error.name, "endpoint")) from None
        parts = urlsplit(endpoint)
        if not model or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ModelError(
                f"--model openai:{model} needs a name and --endpoint with an address, "
                f"as http://127.0.0.1:8080/v1; not {endpoint!r}"
            )
        self.name = f"openai:{model}"
        self._model = model
        self._address = f"{endpoint.rstrip('/')}/chat/completions"
        self._judge = judge
        self._read_odds = read_odds
        key = os.environ.get(KEY, "")
        # Redirects are not followed: text goes where the user said and nowhere else.
        self._client = httpx.Client(
            timeout=httpx.Timeout(seconds, connect=10), headers={"Authorization": f"Bearer {key}"} if key else {}
        )

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        """Return what the model makes of each text. Raises ModelError when the server fails `TRIES` times."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(self._ask_once_or_more, texts))
        odds = [None] * len(texts) if self._read_odds is None else self._read_odds(texts)
        return [Hypothesis(text, translationese=z) for text, z in zip(answers, odds, strict=True)]

    def _ask_once_or_more(self, text: str) -> str:
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

        if not text.strip() or not self.fits(text):
            return text
        tries = Retrying(
            stop=stop_after_attempt(TRIES),
            wait=wait_exponential_jitter(max=8),
            retry=retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            answer: str = tries(self._ask, text)
        except _Again as error:
            raise ModelError(f"{self._address}: {error}, asked {TRIES} times; is the server running?") from None
        return answer

    def _ask(self, text: str) -> str:
        import httpx

        messages = [{"role": "system", "content": PROMPT}]
        for mt, pe in EXAMPLES:
            messages += [{"role": "user", "content": mt}, {"role": "assistant", "content": pe}]
        messages.append({"role": "user", "content": text})
        body = {"model": self._model, "messages": messages, "temperature": 0, "max_tokens": 40 + len(text)}
        try:
            response = self._client.post(self._address, json=body)
        except httpx.TimeoutException:
            raise _Again("no answer in time") from None
        except httpx.HTTPError as error:
            raise _Again(f"no connection ({type(error).__name__})") from None
        if response.status_code in _RETRY:
            raise _Again(f"status {response.status_code}")
        if response.status_code in (401, 403):
            raise ModelError(
                f"{self._address}: status {response.status_code}: set {KEY} to a key that the server knows"
            )
        if response.status_code != 200:
            raise ModelError(
                f"{self._address}: status {response.status_code}: check --endpoint and the model's name, {self._model!r}"
            )
        return read_answer(response, text, self._address)

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        """Return the judge's log P(candidate | input) for every candidate of every input."""
        return self._judge.score(groups)

    def count_pieces(self, text: str) -> int:
        """Return how many pieces the judge cuts ``text`` into."""
        return self._judge.count_pieces(text)

    def normalize(self, text: str) -> str:
        """Return what the model sees of ``text``: all of it."""
        return text

    def fits(self, text: str) -> bool:
        """Whether the judge can read ``text`` whole."""
        return self._judge.fits(text)


def read_answer(response: Any, text: str, address: str) -> str:
    """Return the sentence in a response; ``text`` itself if there is none that could be it. Raises ModelError."""
    try:
        content = response.json()["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise ModelError(f"{address}: the answer is none of the chat protocol; check --endpoint") from None
    return clean_answer(str(content or ""), text)


def clean_answer(answer: str, text: str) -> str:
    """Return the sentence that an answer gives, without fences, labels and quotes that ``text`` has not.

    What cannot be a light post-edit (several paragraphs, twice as long, half as long) counts as no change.

    >>> clean_answer('Corrected: "The road is closed."', "Road is closed.")
    'The road is closed.'
    >>> clean_answer("Sure! Here is what I found.\\n\\nFirst of all ...", "Road is closed.")
    'Road is closed.'
    """
    found = _LABEL.sub("", _FENCE.sub("", answer.strip()).strip()).strip()
    close = _QUOTES.get(found[:1])
    if close and found.endswith(close) and found[:1] != text.strip()[:1]:
        found = found[1:-1].strip()
    if "\n" in found or not 0.5 <= (len(found) + 10) / (len(text) + 10) <= 2.0:
        return text
    # Blanks at the edges are the document's.
    lead, trail = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
    return text[:lead] + found + text[len(text) - trail :]
