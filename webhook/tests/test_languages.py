from .common import WebhookCase
from .sales import SalesCase


class TestLanguages(WebhookCase):
    """A translated value is one value in each language; a webhook sees that of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("fr_FR")

    def setUp(self):
        super().setUp()
        self.tag = self.env["res.partner.category"].sudo().create({"name": "Tree"})
        self.french = self.tag.with_context(lang="fr_FR")
        self.french.write({"name": "Arbre"})
        self.commit()
        self.in_english, self.in_french = (
            self.subscribe("res.partner.category", "on_write", "name", language=language)
            for language in ("en_US", "fr_FR")
        )

    def renamed(self, old, new):
        return {self.tag.id: {"name": {"old": old, "new": new}}}

    def test_a_term_of_the_webhooks_language_is_an_event(self):
        self.french.write({"name": "Chêne"})
        self.assertEqual(self.changes(self.in_french), self.renamed("Arbre", "Chêne"))
        self.assertEqual(self.event(self.in_french)["data"]["record"]["name"], "Chêne")

    def test_a_term_of_another_language_is_none(self):
        self.french.write({"name": "Chêne"})
        self.assertFalse(self.jobs(self.in_english))

    def test_the_english_term_is_no_change_where_there_is_a_french_one(self):
        self.tag.write({"name": "Oak"})
        self.assertEqual(self.changes(self.in_english), self.renamed("Tree", "Oak"))
        self.assertFalse(self.jobs(self.in_french))

    def test_the_english_term_is_a_change_in_a_language_that_has_none(self):
        bare = self.env["res.partner.category"].sudo().create({"name": "Shrub"})
        self.commit()
        bare.write({"name": "Bush"})
        renamed = {bare.id: {"name": {"old": "Shrub", "new": "Bush"}}}
        self.assertEqual(self.changes(self.in_english), renamed)
        self.assertEqual(self.changes(self.in_french), renamed)

    def test_terms_of_both_languages_in_one_transaction(self):
        self.tag.write({"name": "Oak"})
        self.french.write({"name": "Chêne"})
        self.assertEqual(self.changes(self.in_english), self.renamed("Tree", "Oak"))
        self.assertEqual(self.changes(self.in_french), self.renamed("Arbre", "Chêne"))

    def test_the_same_term_again_is_no_event(self):
        self.french.write({"name": "Arbre"})
        self.assertFalse(self.jobs(self.in_french))

    def test_the_language_of_the_owner_does_not_matter(self):
        self.env.user.lang = "fr_FR"
        self.commit()
        self.tag.write({"name": "Oak"})
        self.assertEqual(self.changes(self.in_english), self.renamed("Tree", "Oak"))


class TestTranslatedTemplate(SalesCase):
    """The name of a product, translated on its template."""

    def test_a_term_of_the_template_is_an_event_of_the_product_in_its_language(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        template = self.product.product_tmpl_id.with_context(lang="fr_FR")
        template.write({"name": "Bureau"})
        self.commit()
        in_english, in_french = (
            self.subscribe("product.product", "on_write", "name", language=language) for language in ("en_US", "fr_FR")
        )
        template.write({"name": "Bureau en chêne"})
        self.assertFalse(self.jobs(in_english))
        self.assertEqual(
            self.changes(in_french), {self.product.id: {"name": {"old": "Bureau", "new": "Bureau en chêne"}}}
        )
