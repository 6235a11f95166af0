from django.db import models


class Category(models.Model):
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"


class Manufacturer(models.Model):
    name = models.CharField(max_length=120, unique=True)
    country = models.CharField(max_length=2, blank=True)


class Supplier(models.Model):
    name = models.CharField(max_length=120, unique=True)
    email = models.EmailField(max_length=254, blank=True)


class Promotion(models.Model):
    title = models.CharField(max_length=80)
    code = models.CharField(max_length=20, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)


class Brand(models.Model):
    manufacturer = models.ForeignKey(Manufacturer, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)

    class Meta:
        unique_together = [("manufacturer", "name")]


class Discount(models.Model):
    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE)
    categories = models.ManyToManyField(Category, blank=True)
    percent = models.DecimalField(max_digits=4, decimal_places=1)


class ProductImage(models.Model):
    """A picture in a brand's pool; variants choose from it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="images")
    path = models.CharField(max_length=200)
    caption = models.CharField(max_length=120, blank=True)


class Product(models.Model):
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    name = models.CharField(max_length=160)
    description = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="product_name_idx")]


class Price(models.Model):
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.ForeignKey("orders.ConversionRate", on_delete=models.PROTECT)
    discount = models.ForeignKey(Discount, null=True, blank=True, on_delete=models.SET_NULL)
    valid_from = models.DateField()


class Sheet(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="sheets")
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)


class Variant(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    price = models.ForeignKey(Price, null=True, blank=True, on_delete=models.SET_NULL)
    images = models.ManyToManyField(ProductImage, blank=True)
    sku = models.CharField(max_length=40, unique=True)
    discontinued = models.BooleanField(default=False)
