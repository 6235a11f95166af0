"""The listing of model levels that the article prints, by the app registry's labels; the demo is built to match it."""

from __future__ import annotations

ARTICLE_LEVELS: dict[int, set[str]] = {
    0: {
        "products.Category",
        "products.Manufacturer",
        "products.Supplier",
        "products.Promotion",
        "orders.ConversionRate",
        "shipment.Courier",
        "contenttypes.ContentType",
        "sessions.Session",
        "sites.Site",
        "social.Association",
        "social.Code",
        "social.Nonce",
        "social.Partial",
    },
    1: {
        "products.Brand",
        "products.Discount",
        "organizations.Organization",
        "auth.Permission",
        "redirects.Redirect",
    },
    2: {
        "products.ProductImage",
        "products.Product",
        "products.Price",
        "organizations.Office",
        "auth.Group",
    },
    3: {
        "products.Sheet",
        "products.Variant",
        "user.User",
    },
}
