from __future__ import annotations

import pytest

from mtfix.model.align import align, tokenize
from mtfix.model.classify import classify
from mtfix.model.guard import refuse

KNOWN = frozenset("source detained agency held made attack the a of in are were".split())


def reasons(text: str, hypothesis: str, codes: tuple[str, ...] = ()) -> list[str | None]:
    first = tokenize(text)[0].start
    return [
        refuse(
            text, h, classify(h), at_start=h.start <= first, stand_ins=codes,
            count_pieces=lambda w: 1 if w.lower() in KNOWN else 3,
        )
        for h in align(text, hypothesis)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "hypothesis"),
    [
        ("They signed law.", "They signed the law."),
        ("Two games is left.", "Two games are left."),
        ("In Moscow were detained 12 citizens.", "In Moscow 12 citizens were detained."),
        ("He was found guilty on murder.", "He was found guilty of murder."),
        ("It said, that he left.", "It said that he left."),
        ("the interlocutor said it", "the source said it"),
        ("In the room held meeting.", "In the room the meeting was held."),
        ("They did not took part.", "They did not take part."),
        ("See X1 in site.", "See X1 in the site."),
        ("Every the man left.", "Each man left."),
        ("Although he left, though late.", "Though he left, although late."),
        ('In it took part "Alfa".', 'In it "Alfa" took part.'),
        ("the expert of company in Omsk left", "the company expert in Omsk left"),
        ("It was made over this law.", "It was made over the law."),
        ("This attack he was in.", "The attack he was in."),
        ("It was more as that.", "It was more than that."),
        ("It fell on 30 percent.", "It fell by 30 percent."),
        ("A meeting from 12 left.", "A meeting of 12 left."),
        ("It was made in 5 May.", "It was made on 5 May."),
        ("They were held till 2003.", "They were held until 2003."),
        ("from May till June", "from May to June"),
        ("It was made in those attack.", "It was made in attack."),
        ("Number of men left.", "The number of men left."),
        ("He has said it.", "He said it."),
        ("He said to the men it.", "He said the men it."),
        ("a number of men has left", "a number of men have left"),
        ("The number of men who was in it.", "The number of men who were in it."),
        ("He have to do with that.", "He has to do with that."),
        ("the institute of Max Planck", "the Max Planck Institute"),
        ("the attack of Ivanov in Omsk", "the Ivanov attack in Omsk"),
        ("In it detained Ivanov the FSB.", "In it the FSB detained Ivanov."),
    ],
)
def test_lets_an_editors_change_pass(text: str, hypothesis: str) -> None:
    assert set(reasons(text, hypothesis, ("X1",))) == {None}


@pytest.mark.parametrize(
    ("text", "hypothesis", "word"),
    [
        ("It cost 2,500 roubles.", "It cost 2500 000 roubles.", "number"),
        ("It cost 15 roubles.", "It cost 16 roubles.", "number"),
        ("It took two days.", "It took three days.", "number"),
        ("He did not go.", "He did go.", "negation"),
        ("He went home.", "He never went home.", "negation"),
        ("It is legal here.", "It is illegal here.", "negation"),
        ("He met Petrov there.", "He met Ivanov there.", "name"),
        ("He met Petrov there.", "He met there.", "name"),
        ("FSB said so.", "FSO said so.", "name"),
        ("Petrov said so.", "Peter said so.", "name"),
        ("He said so.", "She said so.", "person"),
        ("He said so.", "They said so to his wife.", "person"),
        ('He said "yes" now.', "He said yes now.", "quotation"),
        ("He said (yes) now.", "He said yes now.", "bracket"),
        ("See X1 now.", "See it now.", ""),
        ('"It is so", said Petrov.', '"It is so" said Petrov.', "comma"),
        ("He said, “it is so.”", "He said “it is so.”", "comma"),
        ("The very well man left.", "The very very well man left.", "adverb"),
        ("The interlocutor left.", "The flumbert left.", "unknown"),
        ("The men took weapons and left.", "The men left.", "meaning"),
        ("The men left.", "The armed men left.", "meaning"),
        ("He lives in moscow now.", "He lives in Moscow now.", ""),
        ("He can go home.", "He will go home.", "modal"),
        ("He only went home.", "He went home.", "adverb"),
        ('the expert of company "Alfa" left', 'the company expert "Alfa" left', "quotation"),
        ("A case was made over this.", "A case was made over.", "preposition"),
        ('"It was made over this," he said.', '"It was made over," he said.', "preposition"),
        ("It fell on 30 percent.", "It fell to 30 percent.", "measure"),
        ("It fell by 30 percent.", "It fell to 30 percent.", "measure"),
        ("It rose to nearly $5 million.", "It rose by nearly $5 million.", "measure"),
        ("It was made before Monday.", "It was made on Monday.", "measure"),
        ("It left from the end of May.", "It left by the end of May.", "measure"),
        ("It took in two days.", "It took within two days.", "measure"),
        ("He left this Thursday.", "He left Thursday.", "which time"),
        ("It was at that moment.", "It was at the moment.", "which time"),
        ("Before it I left.", "Before I left.", "spoken of"),
        ("Does that mean it?", "Does mean it?", "spoken of"),
        ("The number of men left.", "A number of men left.", "how many"),
        ("Number of men left.", "A number of men left.", "how many"),
        ("Few men left.", "A few men left.", "how many"),
        ("A little was made.", "Little was made.", "how many"),
        ("The number of men in it has left.", "The number of men in it have left.", "belongs to"),
        ("In it, to the source agreed all.", "In it, the source agreed all.", "clause begins"),
        ("To the agency left two.", "The agency left two.", "clause begins"),
        ("It does not have.", "It does not.", "what is done"),
        ("They could have gone.", "They could gone.", "what is done"),
        ("They had to do it.", "They had to it.", "what is done"),
        ("He has to begin it.", "He begins it.", "has to be"),
        ("the Institute of Russian in Omsk", "the Russian Institute in Omsk", "name apart"),
        ("All the men left.", "The men left.", "quantity"),
        ("The men all in it.", "The men are in it.", "quantity"),
        ("Any of the men left.", "Some of the men left.", "quantity"),
        ("Both men left.", "Men left.", "quantity"),
        ("He left or died.", "He left, died.", "linking"),
        ("It was so, but late.", "It was so, late.", "linking"),
        ("He left if it began.", "He left that it began.", "linking"),
        ("It is less than that.", "It is less that.", "linking"),
        ("In the room it began.", "The room it began.", "preposition"),
        ("It began in the 71st minute.", "It began in 71st minute.", "the"),
        ("At the Moscow exchange it fell.", "At Moscow exchange it fell.", "the"),
        ("Incomes fell was in it.", "Incomes fell in it.", "verb"),
        ("in the name of persons it was", "in the name persons it was", "of"),
        ("Since the start of the year it fell.", "Since the start of the year the start of the year it fell.", ""),
    ],
)
def test_refuses(text: str, hypothesis: str, word: str) -> None:
    found = reasons(text, hypothesis, ("X1",))
    assert any(r is not None and word in r for r in found), found


def test_refuses_a_rewritten_sentence() -> None:
    text = "one two " + " ".join(f"w{i}" for i in range(14))
    assert any(reasons(text, " ".join(reversed(text.split()))))
