from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "apps.marketplace.orders"
